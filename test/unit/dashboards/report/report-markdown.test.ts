import { describe, expect, it } from 'vitest'
import { escapeMarkdown } from '../../../../dashboards/report/report-markdown.ts'

describe('text in Markdown', () => {
  it.each([
    ['<img src=x onerror=alert(1)>', '&lt;img'],
    ['[click](javascript:alert(1))', '\\[click\\]\\('],
    ['a | b', 'a \\| b'],
    ['**bold** _it_ `code`', '\\*\\*bold'],
    ['@everyone', '&#64;everyone'],
    ['https://evil.example', 'https&#58;//evil'],
    ['www.evil.example', 'www&#46;evil'],
    ['1. item', '1\\. item'],
    ['# head', '\\# head'],
    ['a\u001b[31mred', 'a\\^\\[\\['],
    ['\u202egnp.exe', '&lt;U\\+202E&gt;'],
    ['two\nlines', 'two lines'],
    ['&lt;', '&amp;lt;'],
  ])('%j stays text', (text, expected) => {
    expect(escapeMarkdown(text)).toContain(expected)
  })
})
