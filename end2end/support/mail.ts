import { expect } from '@playwright/test';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Quoted-printable (RFC 2045, section 6.7): soft line ends are removed, `=3D` is a character. Leaves 7-bit text as it is. */
function decode(text: string): string {
  const quoted = /^content-transfer-encoding: quoted-printable/im.test(text);
  return quoted ? text.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))) : text;
}

/** The messages that this address got, as the server wrote them into its mail folder. */
export function mailTo(email: string): string[] {
  const folder = process.env.MAIL_FOLDER;
  if (!folder) throw new Error('MAIL_FOLDER is not set: start the tests with scripts/e2e.sh');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.eml'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .filter((message) => message.toLowerCase().includes(`\nto: ${email}`) || message.toLowerCase().startsWith(`to: ${email}`))
    .map(decode);
}

/** The link to choose a password, to open an account, to confirm an address, or that stops reminders or messages. */
type Kind = 'choose-password' | 'activate' | 'register' | 'stop-reminders' | 'stop-messages' | 'stop-cohort-reminders';

/** Every link of this kind that the address got. */
function linksFor(email: string, kind: Kind): string[] {
  return mailTo(email).flatMap((message) => message.match(new RegExp(`https?://\\S+/${kind}/\\S+`)) ?? []);
}

/** The link in the one message that this address got. The server sends in the background, so it may take a moment. */
export async function linkFor(email: string, kind: Kind = 'choose-password'): Promise<string> {
  const links = () => linksFor(email, kind);
  await expect.poll(() => links().length, { message: `the mail to ${email}` }).toBe(1);
  return links()[0];
}

/** The link that came after the one that is known. */
export async function nextLinkFor(email: string, kind: Kind, known: string): Promise<string> {
  const others = () => linksFor(email, kind).filter((link) => link !== known);
  await expect.poll(() => others().length, { message: `another mail to ${email}` }).toBe(1);
  return others()[0];
}

/** Whether a mail to this address contains these words. */
export function hasMail(email: string, words: string): boolean {
  return mailTo(email).some((message) => message.includes(words));
}
