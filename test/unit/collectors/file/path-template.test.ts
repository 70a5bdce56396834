import { describe, expect, test } from 'vitest'
import {
  expandBraces,
  matchPath,
  PathTemplateError,
  parsePathTemplate,
} from '../../../../collectors/file/path-template.ts'

function labelsOf(template: string, path: string) {
  return matchPath(parsePathTemplate(template, '/work'), path)
}

describe('path templates', () => {
  test('a label takes its value from its place in the path', () => {
    expect(labelsOf('logs/{host}/*.log', '/work/logs/web-1/app.log')).toEqual({ host: 'web-1' })
    expect(labelsOf('/var/log/{service}/{host}.log', '/var/log/shop/web-1.log')).toEqual({
      service: 'shop',
      host: 'web-1',
    })
    expect(labelsOf('/l/{service}-{host}.log', '/l/shop-web.log')).toEqual({ service: 'shop', host: 'web' })
  })

  test('a label that is used twice must have one value', () => {
    expect(labelsOf('/l/{host}/{host}.log', '/l/a/a.log')).toEqual({ host: 'a' })
    expect(labelsOf('/l/{host}/{host}.log', '/l/a/b.log')).toBeNull()
    expect(labelsOf('/l/{host}-{host}.log', '/l/a-a.log')).toEqual({ host: 'a' })
    expect(labelsOf('/l/{host}-{host}.log', '/l/a-b.log')).toBeNull()
  })

  test('braces with a comma stay alternatives, ranges stay ranges', () => {
    expect(labelsOf('/l/{a,b}.log', '/l/b.log')).toEqual({})
    expect(labelsOf('/l/{a,b}.log', '/l/c.log')).toBeNull()
    expect(labelsOf('/l/{nginx/access,app/{host}}.log', '/l/app/web.log')).toEqual({ host: 'web' })
    expect(labelsOf('/l/web{1..3}.log', '/l/web2.log')).toEqual({})
    expect(labelsOf('/l/web{1..3}.log', '/l/web4.log')).toBeNull()
  })

  test('two stars stand for any number of folders, hidden ones excepted', () => {
    expect(labelsOf('/l/**/{host}.log', '/l/web.log')).toEqual({ host: 'web' })
    expect(labelsOf('/l/**/{host}.log', '/l/a/b/web.log')).toEqual({ host: 'web' })
    expect(labelsOf('/l/**/*.log', '/l/.git/web.log')).toBeNull()
  })

  test('wildcards stay within a component and do not match hidden names', () => {
    expect(labelsOf('/l/*.log', '/l/a/b.log')).toBeNull()
    expect(labelsOf('/l/*', '/l/.hidden')).toBeNull()
    expect(labelsOf('/l/{host}', '/l/.hidden')).toBeNull()
    expect(labelsOf('/l/.*', '/l/.hidden')).toEqual({})
  })

  test('a path without wildcards is literal, and so is one that exists', () => {
    expect(parsePathTemplate('app@1+x.log', '/work').literal).toBe('/work/app@1+x.log')
    expect(parsePathTemplate('../other/./app.log', '/work/x').literal).toBe('/work/other/app.log')
    expect(parsePathTemplate('*.log', '/work').literal).toBeNull()
    expect(parsePathTemplate('{host}.log', '/work', true).literal).toBe('/work/{host}.log')
  })

  test('an unknown label is a mistake that is explained', () => {
    expect(() => parsePathTemplate('/l/{pod}.log', '/')).toThrow(PathTemplateError)
    expect(() => parsePathTemplate('/l/{pod}.log', '/')).toThrow(/\{host\} and \{service\}/)
    expect(labelsOf('/l/\\{pod\\}.log', '/l/{pod}.log')).toEqual({})
  })

  test('alternatives are bounded', () => {
    expect(expandBraces('a{b,c{d,e}}f')).toEqual(['abf', 'acdf', 'acef'])
    expect(() => expandBraces('{a,b}'.repeat(11))).toThrow(PathTemplateError)
    expect(expandBraces('{unclosed,brace')).toEqual(['{unclosed,brace'])
  })
})
