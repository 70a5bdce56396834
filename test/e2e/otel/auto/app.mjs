import express from 'express'
import { auth } from 'express-oauth2-jwt-bearer'
import * as jose from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import Provider from 'oidc-provider'
import { tryLibraries } from './try-libraries.mjs'

await tryLibraries({ jose, jsonwebtoken, auth, express, Provider })
