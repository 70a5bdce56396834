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

/** The user's own packs: `$XDG_CONFIG_HOME/authtop/packs`. */
export function userPackFolder(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'authtop', 'packs')
}

export async function loadKnowledge(env: NodeJS.ProcessEnv): Promise<Knowledge> {
  const own = userPackFolder(env)
  return { formats: loadFormats(), signatures: await loadSignatures(existsSync(own) ? [own] : []) }
}
