/**
 * The use case behind `authtop forget`: finds out under which fingerprints somebody stands in the store, and has it forgotten.
 * Leaves finding and overwriting to the store.
 */
import type { ForgetCounts, Forgotten } from '../core/ports/forget.ts'
import { Redactor } from '../redact/redactor.ts'
import { openWriter } from '../store/index.ts'

/** @param name as logs write it, or a fingerprint as the store shows it */
export async function forgetInStore(
  location: string,
  whose: Forgotten['whose'],
  name: string,
  rehearse: boolean,
): Promise<ForgetCounts> {
  const writer = await openWriter(location)
  try {
    const keys = [await writer.fingerprintKey(), ...(await writer.retiredKeys())]
    const texts = new Set([name])
    for (const spelling of new Set([name, name.toLowerCase()]))
      for (const key of keys) texts.add(new Redactor(key).fingerprint('sub', spelling))
    return await writer.forget({ whose, texts: [...texts] }, rehearse)
  } finally {
    await writer.close()
  }
}
