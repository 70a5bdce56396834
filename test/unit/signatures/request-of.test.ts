import { describe, expect, test } from 'vitest'
import { requestOf } from '../../../src/signatures/request-of.ts'

describe('the request a record is about', () => {
  test('a caller names it in what it says, and its status in the error', () => {
    expect(requestOf({ body: 'GET /cart/9393 failed', attributes: { 'err.status': 401 } })).toEqual({
      ...{ method: 'GET', path: '/cart/9393', status: 401 },
    })
    expect(requestOf({ body: 'call failed: POST https://api.example.com/orders?x=1', attributes: {} })).toEqual({
      ...{ method: 'POST', path: '/orders' },
    })
  })

  test('what a layout says comes first', () => {
    const attributes = {
      'http.request.method': 'PUT',
      'url.path': '/a',
      'http.response.status_code': 403,
      'err.status': 401,
    }
    expect(requestOf({ body: 'GET /b', attributes })).toEqual({ method: 'PUT', path: '/a', status: 403 })
  })

  test('neither words nor numbers that look like one are taken for it', () => {
    expect(requestOf({ body: 'could not GET the token /x', attributes: { 'err.status': 7 } })).toEqual({})
  })
})
