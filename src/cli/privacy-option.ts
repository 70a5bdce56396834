/** `--privacy`: how much of persons is kept; docs/security.md says what each level does to which field. */
import { type Command, Option } from 'commander'
import { PRIVACY_LEVELS, type Privacy } from '../core/privacy.ts'

export interface PrivacyOptions {
  privacy?: Privacy
}

/** Left out: what the configuration says, else `default`. */
export function addPrivacyOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--privacy <level>',
      'what is kept of persons; off: all, default: subjects and e-mail addresses as fingerprints, strict: also user names and IP addresses',
    ).choices(PRIVACY_LEVELS),
  )
}
