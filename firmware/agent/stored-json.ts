/** Values kept in a directory as JSON files that only this agent writes. */
import type { Directory } from '../../runtime/directory.ts';

/**
 * The value, or undefined where there is none. A file a broken disk has damaged counts as none: a box
 * that forgot a subscription can be told again, one that never starts cannot.
 */
export async function readJson<T>(directory: Directory, name: string): Promise<T | undefined> {
	const bytes = await directory.read(name);
	if (bytes === undefined) return undefined;
	try {
		return JSON.parse(new TextDecoder().decode(bytes)) as T;
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
}

export function writeJson(directory: Directory, name: string, value: unknown): Promise<void> {
	return directory.write(name, new TextEncoder().encode(JSON.stringify(value)));
}
