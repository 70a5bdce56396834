/**
 * Sends a report by SMTP (nodemailer): HTML with a plain text part. The server comes from the environment, because a
 * password on a command line is everybody's. Header injection is nodemailer's to prevent; addresses are checked here.
 */
import { createTransport } from 'nodemailer'

export interface Mail {
  to: readonly string[]
  from: string
  subject: string
  text: string
  html: string
}

export class MailError extends Error {}

/** The server is asked this long at each step; ms. */
const TIMEOUT_MS = 20_000

/** Good enough to tell an address from a typing slip; the server has the last word. */
export function isMailAddress(text: string): boolean {
  return /^[^\s@<>,;"\\]{1,64}@[^\s@<>,;"\\]{1,255}$/.test(text)
}

/** @param url `smtp://user:password@host:587` or `smtps://…`; the message of a failure never holds it. */
export async function sendMail(url: string, mail: Mail): Promise<void> {
  // A password never travels in clear: where the URL holds one, STARTTLS is demanded rather than hoped for.
  const requireTLS = new URL(url).password !== ''
  const times = { connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS }
  const transport = createTransport({ url, requireTLS, ...times })
  try {
    await transport.sendMail({ ...mail, to: [...mail.to] })
  } catch (error) {
    const { code, responseCode } = error as { code?: string; responseCode?: number }
    const server = new URL(url).host
    throw new MailError(
      `the mail server ${server} did not take the report (${[code, responseCode].filter(Boolean).join(' ')})`,
    )
  } finally {
    transport.close()
  }
}
