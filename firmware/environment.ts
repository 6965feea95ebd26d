/** By default each thread has an arena of its own, and keeps in it what it has freed. */
export const allocation = { MALLOC_ARENA_MAX: '1' } as const;

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
