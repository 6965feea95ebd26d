/** What the threads of a process ask of the kernel, written down by strace: the kernel's word, not the program's. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** One call, as strace puts it. */
export interface SystemCall {
	readonly thread: string;
	readonly name: string;
	/** Between the brackets. */
	readonly arguments: string;
}

export interface OpenedFile {
	readonly path: string;
	readonly thread: string;
	/** It was opened to be written, made or cut. */
	readonly isWritten: boolean;
}

/** All that goes to networks, names a file, or starts a program; and what a thread calls itself. */
const traced = '%network,%file,prctl,io_uring_setup';
/** In a ring a thread could ask for all that unseen: the kernel says that it has none, and Node does without. */
const withoutRings = 'inject=io_uring_setup:error=ENOSYS';

/** What reads and changes nothing; of `open` only some ways do (`isReading`). */
const reading =
	/^(access|faccessat2?|getcwd|l?stat|newfstatat|readlink(at)?|statfs|statx|prctl|io_uring_setup)$/;
const opening = /^(open|openat|openat2|creat)$/;
const networking =
	/^(socket|socketpair|connect|bind|listen|accept4?|shutdown|[gs]etsockopt|get(sock|peer)name|(send|recv)(to|msg|mmsg))$/;

/**
 * Puts strace before a program that stays the child of whoever starts it.
 *
 * The engine keeps what it has compiled of the program, and would write it in any thread: it is told not to.
 * @param prefix each thread is a file of its own, named by this and the thread's number
 */
export function traceCommand(prefix: string, command: readonly string[]): string[] {
	const strace = ['strace', '-D', '-ff', '--seccomp-bpf', '-e', `trace=${traced}`, '-e', withoutRings];
	return ['env', '--unset=NODE_COMPILE_CACHE', ...strace, '-o', prefix, ...command];
}

export class SystemCalls {
	readonly #byThread: ReadonlyMap<string, readonly SystemCall[]>;

	private constructor(byThread: ReadonlyMap<string, readonly SystemCall[]>) {
		this.#byThread = byThread;
	}

	/** What is written down by now. */
	static async read(prefix: string): Promise<SystemCalls> {
		const files = await readdir(dirname(prefix));
		const byThread = new Map<string, SystemCall[]>();
		for (const file of files.filter((name) => name.startsWith(`${basename(prefix)}.`))) {
			const calls = parse(await readFile(join(dirname(prefix), file), 'utf8'));
			const thread = calls.findLast(({ thread }) => thread !== '')?.thread ?? 'unnamed';
			// What a thread did before it had its name it has done, too.
			const named = calls.map((call) => ({ ...call, thread }));
			byThread.set(thread, [...(byThread.get(thread) ?? []), ...named]);
		}
		return new SystemCalls(byThread);
	}

	/** Names of threads, each once; the kernel keeps 15 characters. */
	get threads(): string[] {
		return [...this.#byThread.keys()].sort();
	}

	all(): readonly SystemCall[] {
		return [...this.#byThread.values()].flat();
	}

	/** Of threads that run guests: all but reading files. */
	byCells(): SystemCall[] {
		return this.all().filter((call) => call.thread.startsWith('cell ') && !isReading(call));
	}

	/** Threads that have dealt with sockets. */
	networkers(): string[] {
		return [...new Set(this.all().flatMap(({ name, thread }) => (networking.test(name) ? thread : [])))];
	}

	/** Where something was sent or connected to, successfully or not: `address:port` or the path of a socket. */
	destinations(): string[] {
		return [...new Set(this.all().flatMap((call) => destinationOf(call) ?? []))].sort();
	}

	/** Files that were opened, or were to be, with the thread that has opened them. */
	opened(): OpenedFile[] {
		return this.all().flatMap((call) => {
			if (!opening.test(call.name)) return [];
			const path = /"([^"]*)"/.exec(call.arguments)?.[1] ?? '';
			return { path, thread: call.thread, isWritten: !isReading(call) };
		});
	}

	/** Programs that were started, the first one included. */
	programs(): string[] {
		return this.all().flatMap(({ name, arguments: text }) => (name.startsWith('execve') ? text : []));
	}
}

function parse(text: string): SystemCall[] {
	let thread = '';
	return text.split('\n').flatMap((line) => {
		const [, name, rest] = /^(\w+)\((.*)$/.exec(line) ?? [];
		if (name === undefined || rest === undefined) return [];
		if (name === 'prctl') thread = /PR_SET_NAME, "([^"]*)"/.exec(rest)?.[1] ?? thread;
		return [{ thread, name, arguments: rest.replace(/\)\s+= .*$/, '') }];
	});
}

function isReading({ name, arguments: text }: SystemCall): boolean {
	if (!opening.test(name)) return reading.test(name);
	return name !== 'creat' && /\bO_RDONLY\b/.test(text) && !/\bO_(CREAT|TRUNC|TMPFILE)\b/.test(text);
}

function destinationOf({ name, arguments: text }: SystemCall): string | undefined {
	if (name !== 'connect' && !name.startsWith('send')) return undefined;
	const unix = /sun_path="([^"]*)"/.exec(text)?.[1];
	if (unix !== undefined) return unix;
	const address = /(?:inet_addr\(|inet_pton\(AF_INET6, )"([^"]+)"/.exec(text)?.[1];
	const port = /sin6?_port=htons\((\d+)\)/.exec(text)?.[1];
	return address && `${address}:${port}`;
}
