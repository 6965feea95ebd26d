/**
 * By default each thread has an arena of its own, and keeps in it what it has freed, and seven pieces of each small size
 * beside it. These lie anywhere, and the pages around them cannot be given back; with two it is as fast.
 */
export const allocation = {
	MALLOC_ARENA_MAX: '1',
	GLIBC_TUNABLES: 'glibc.malloc.tcache_count=2',
} as const;

/**
 * What the process of a box finds in its environment: the engine and the C library read it before any of its
 * own code runs.
 *
 * @param compiled folder for code that is compiled once: without it every thread would carry the tool that
 *   turns TypeScript into JavaScript, which is tens of megabytes
 */
export function boxEnvironment(compiled: string): Readonly<Record<string, string>> {
	return { NODE_COMPILE_CACHE: compiled, ...allocation };
}
