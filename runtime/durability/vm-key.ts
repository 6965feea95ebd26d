/** What is kept of a VM is kept under its name and the digest of its module: another version is another one. */

export interface VmKey {
	readonly name: string;
	readonly digest: string;
}

const digestLength = 64;

/** Name of its stream in the journal. */
export function streamOf({ name, digest }: VmKey): string {
	return `${name} ${digest}`;
}

/** Undefined for a stream that is nobody's. */
export function keyOf(stream: string): VmKey | undefined {
	const at = stream.length - digestLength;
	if (stream[at - 1] !== ' ') return undefined;
	return { name: stream.slice(0, at - 1), digest: stream.slice(at) };
}

/** Name of its folder; `@` stands in no name of a file. */
export function folderOf({ name, digest }: VmKey): string {
	return `${name.replaceAll('@', '.')}.${digest}`;
}
