/** What services may import, of every capability that has imports. */
import { MemoryDirectory } from '../memory-directory.ts';
import { keyValue } from './key-value.ts';
import { Capabilities } from './link-vm.ts';
import { log } from './log.ts';

/** Interface -> the capability that a manifest has to ask for; undefined is for everyone. */
export function importable(): ReadonlyMap<string, string | undefined> {
	return new Capabilities([log, keyValue(new MemoryDirectory())]).provided();
}
