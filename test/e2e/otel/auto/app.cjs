const express = require('express')
const { auth } = require('express-oauth2-jwt-bearer')
const jose = require('jose')
const jsonwebtoken = require('jsonwebtoken')
const { default: Provider } = require('oidc-provider')
const { tryLibraries } = require('./try-libraries.mjs')

tryLibraries({ jose, jsonwebtoken, auth, express, Provider })
