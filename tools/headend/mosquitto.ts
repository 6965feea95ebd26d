/** Debian's Mosquitto as a broker of our own: somebody else's MQTT 5, for as long as this process lives. */
import { type ChildProcess, type SpawnOptions, spawn as spawnHere } from 'node:child_process';
import { once } from 'node:events';
import { access, constants, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { MosquittoError } from './mosquitto-error.ts';

const program = '/usr/sbin/mosquitto';
/** Enough of the log to see why it failed. */
const keptLines = 50;

export interface MosquittoOptions {
	/** Address to listen on; default 127.0.0.1. */
	readonly host?: string;
	/** Default: one that is free on this machine at the moment (in a namespace of its own, name one). */
	readonly port?: number;
	/** Largest packet in bytes (MQTT 5 3.2.2.3.6); default 1 MiB, as the embedded broker. */
	readonly maxPacketBytes?: number;
	/** More lines of its configuration; those of a listener are for the one it has. */
	readonly settings?: readonly string[];
	/** How to start it, such as `(...args) => rig.spawn('core', ...args)`; default in this namespace. */
	readonly spawn?: (command: string, args: readonly string[], options: SpawnOptions) => ChildProcess;
}

export interface Mosquitto extends AsyncDisposable {
	/** `mqtt://host:port`; stays the same over every restart. */
	readonly url: string;
	readonly port: number;
	/** The last lines it logged. */
	readonly log: readonly string[];
	/** Ends it in an orderly way (`term`, the default) or at once (`kill`). Stopping twice is harmless. */
	stop(how?: 'term' | 'kill'): Promise<void>;
	/** Starts it again on the same port once it was stopped; sessions and retained messages are gone. */
	start(): Promise<void>;
	/** Freezes it: connections stay and nothing moves. @throws MosquittoError `not-running` */
	pause(): void;
	/** @throws MosquittoError `not-running` */
	resume(): void;
}

/** Resolves once it accepts connections. @throws MosquittoError `missing-tool`, `cannot-listen`, `did-not-start` */
export async function startMosquitto({
	host = '127.0.0.1',
	port,
	maxPacketBytes = 1_048_576,
	settings = [],
	spawn = spawnTied,
}: MosquittoOptions = {}): Promise<Mosquitto> {
	await access(program, constants.X_OK).catch((cause) => {
		const message = `there is no ${program}: sudo apt-get install mosquitto`;
		throw new MosquittoError('missing-tool', message, { cause });
	});
	const chosenPort = port ?? (await freePort(host));
	const folder = await mkdtemp(join(tmpdir(), 'mullion-mosquitto-'));
	const config = join(folder, 'mosquitto.conf');
	const log: string[] = [];
	await writeFile(
		config,
		[
			`listener ${chosenPort} ${host}`,
			'allow_anonymous true',
			'persistence false',
			'log_dest stderr',
			'log_type all',
			'connection_messages true',
			`max_packet_size ${maxPacketBytes}`,
			// It would give up root for a user of its own that a test's folder is not made for.
			...(process.getuid?.() === 0 ? ['user root'] : []),
			...settings,
			'',
		].join('\n'),
	);
	let child: ChildProcess | undefined;

	const start = async () => {
		if (child !== undefined) return;
		const started = spawn(program, ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] });
		started.once('exit', () => {
			if (child === started) child = undefined;
		});
		child = started;
		if (await isRunning(started, log)) return;
		const why = log.join('; ');
		if (/Address already in use|Cannot assign requested address/.test(why))
			throw new MosquittoError('cannot-listen', `${host}:${chosenPort} is taken, or none of this machine`);
		throw new MosquittoError('did-not-start', `mosquitto did not start: ${why}`);
	};
	const stop = async (how: 'term' | 'kill' = 'term') => {
		if (child === undefined) return;
		const ending = child;
		const gone = once(ending, 'exit');
		const signal = () => {
			ending.kill(how === 'kill' ? 'SIGKILL' : 'SIGTERM');
			// A frozen process takes SIGTERM only once it goes on.
			ending.kill('SIGCONT');
		};
		signal();
		// It forgets a SIGTERM that comes between its last log line and its main loop.
		const again = setInterval(signal, 100);
		await gone;
		clearInterval(again);
	};
	const signal = (name: 'SIGSTOP' | 'SIGCONT') => {
		if (child?.kill(name) !== true)
			throw new MosquittoError('not-running', `mosquitto on ${host}:${chosenPort} is not running`);
	};
	const dispose = async () => {
		await stop();
		await rm(folder, { recursive: true, force: true });
	};

	try {
		await start();
	} catch (error) {
		await dispose();
		throw error;
	}
	return {
		url: `mqtt://${host}:${chosenPort}`,
		port: chosenPort,
		log,
		start,
		stop,
		pause: () => signal('SIGSTOP'),
		resume: () => signal('SIGCONT'),
		[Symbol.asyncDispose]: dispose,
	};
}

/**
 * A broker that outlives a killed process would keep its port. It has a group of its own: Ctrl-C is for those
 * who have started it, and they have things to say before it ends.
 */
function spawnTied(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
	const tied = ['--pdeathsig', 'KILL', '--', command, ...args];
	return spawnHere('setpriv', tied, { ...options, detached: true });
}

/** Its last line before it serves; its listeners are open by then. */
async function isRunning(child: ChildProcess, log: string[]): Promise<boolean> {
	return new Promise<boolean>((resolve) => {
		// Its last lines may come after its end.
		child.once('close', () => resolve(false)).once('error', () => resolve(false));
		if (child.stderr === null) return resolve(false);
		createInterface(child.stderr).on('line', (line) => {
			if (log.push(line) > keptLines) log.shift();
			if (/mosquitto version \S+ running/.test(line)) resolve(true);
		});
	});
}

async function freePort(host: string): Promise<number> {
	const server = createServer().listen(0, host);
	await once(server, 'listening');
	const address = server.address();
	await new Promise((done) => server.close(done));
	return typeof address === 'object' && address !== null ? address.port : 0;
}
