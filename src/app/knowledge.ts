/** Formats and signatures together: what authtop knows about the outside world, loaded once per process. */

import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { type FormatSet, loadFormats } from '../../collectors/formats/load.ts'
import { loadSignatures, type SignatureSet } from '../signatures/load.ts'

export interface Knowledge {
  formats: FormatSet
  signatures: SignatureSet
}

/** The user's own packs and formats: `$XDG_CONFIG_HOME/authtop/packs` and `…/formats`. */
export function userFolder(kind: 'packs' | 'formats', env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'authtop', kind)
}

export async function loadKnowledge(env: NodeJS.ProcessEnv): Promise<Knowledge> {
  const own = userFolder('packs', env)
  return {
    formats: loadFormats(undefined, [userFolder('formats', env)]),
    signatures: await loadSignatures(existsSync(own) ? [own] : []),
  }
}
