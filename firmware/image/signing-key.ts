/** The key that slots are signed with; the boot loader holds its other half and starts nothing else. */
import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../hal/make-folder.ts';
import { tool } from './tool.ts';

export const keyName = 'slot';

/**
 * Makes the pair where there is none yet: a key of a developer. One of an operator is put there as
 * `slot.key` and `slot.crt` before.
 */
export async function signingKey(folder: string): Promise<void> {
	const there = await stat(join(folder, `${keyName}.crt`)).catch(() => undefined);
	if (there !== undefined) return;
	await makeFolder(folder, { mode: 0o700 });
	const [key, certificate] = [join(folder, `${keyName}.key`), join(folder, `${keyName}.crt`)];
	const subject = ['-subj', '/CN=Mullion development', '-days', '36500'];
	const made = ['-keyout', `${key}.new`, '-out', `${certificate}.new`];
	await tool('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject, ...made]);
	await rename(`${key}.new`, key);
	await rename(`${certificate}.new`, certificate);
	await rm(`${key}.new`, { force: true });
}
