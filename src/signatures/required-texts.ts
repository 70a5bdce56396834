/**
 * What certainly stands in whatever a regular expression matches, read off its syntax tree: of each list of texts at least one.
 * Says less rather than too much: look-arounds, classes and optional parts promise nothing.
 */
import { type AST, RegExpParser } from '@eslint-community/regexpp'

/** @throws SyntaxError for what is no regular expression */
export function requiredTexts(source: string, flags = ''): string[][] {
  const unicode = flags.includes('u')
  return ofAlternatives(new RegExpParser().parsePattern(source, 0, source.length, { unicode }).alternatives)
}

/** Of several ways to match, one list with a text of each way; none where one way promises nothing. */
function ofAlternatives(alternatives: readonly AST.Alternative[]): string[][] {
  const all = alternatives.map(({ elements }) => ofSequence(elements))
  if (all.length === 1) return all[0]!
  const best = all.map((lists) => lists.reduce<string[] | null>(better, null))
  return best.includes(null) ? [] : [best.flatMap((texts) => texts!)]
}

function ofSequence(elements: readonly AST.Element[]): string[][] {
  const lists: string[][] = []
  let run = ''
  const end = () => {
    if (run !== '') lists.push([run])
    run = ''
  }
  for (const element of elements) {
    const character = characterOf(element)
    if (character !== null) {
      run += character
      continue
    }
    const once = element.type === 'Quantifier' && element.min > 0 ? element.element : element
    const repeated = once === element ? null : characterOf(once)
    if (repeated !== null) run += repeated
    end()
    if (once.type === 'Group' || once.type === 'CapturingGroup') lists.push(...ofAlternatives(once.alternatives))
  }
  end()
  return lists
}

/** The one character that stands there in lower case, also where a class offers both cases; null for anything else. */
function characterOf(element: AST.Element): string | null {
  if (element.type === 'Character') return String.fromCodePoint(element.value).toLowerCase()
  if (element.type !== 'CharacterClass' || element.negate) return null
  const characters = element.elements.map((each) =>
    each.type === 'Character' ? String.fromCodePoint(each.value).toLowerCase() : null,
  )
  const [first] = characters
  return first !== undefined && first !== null && characters.every((each) => each === first) ? first : null
}

/** The list whose shortest text is longer; of equal ones the shorter list. */
function better(a: string[] | null, b: string[]): string[] {
  if (a === null) return b
  const difference = shortest(a) - shortest(b)
  return difference > 0 || (difference === 0 && a.length <= b.length) ? a : b
}

function shortest(texts: readonly string[]): number {
  return Math.min(...texts.map((text) => text.length))
}
