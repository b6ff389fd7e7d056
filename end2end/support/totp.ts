import { createHmac } from 'node:crypto';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The code that an authenticator app shows for this key (base32, with spaces), so many steps of thirty seconds from now. */
export function codeOf(key: string, away = 0): string {
  const bits = [...key.replace(/\s/g, '')].map((letter) => LETTERS.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigInt64BE(BigInt(Math.floor(Date.now() / 30_000) + away));
  const tag = createHmac('sha1', secret).update(step).digest();
  const at = tag[19] & 15;
  return `${(tag.readUInt32BE(at) & 0x7fffffff) % 1_000_000}`.padStart(6, '0');
}
