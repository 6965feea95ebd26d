/** A network namespace of our own, and the programs that run in it. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { run, systemEnvironment } from './command.ts';

/** What every namespace of a rig needs so that nothing but the rig's own packets crosses its links. */
const settle = `
echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6 2>/dev/null
echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6 2>/dev/null
echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter
echo 0 > /proc/sys/net/ipv4/conf/default/rp_filter
ip link set lo up
`;

export class Namespace implements AsyncDisposable {
	readonly name: string;
	readonly #children = new Set<ChildProcess>();

	private constructor(name: string) {
		this.name = name;
	}

	/** @throws RigError `command-failed` */
	static async create(name: string): Promise<Namespace> {
		await run('ip', ['netns', 'add', name]);
		const namespace = new Namespace(name);
		try {
			await namespace.run('sh', ['-ec', settle]);
		} catch (error) {
			await namespace[Symbol.asyncDispose]();
			throw error;
		}
		return namespace;
	}

	/** Runs a program in here to its end. @throws RigError `command-failed` */
	run(command: string, args: readonly string[] = []): Promise<string> {
		return run('ip', ['netns', 'exec', this.name, command, ...args]);
	}

	/** Configures addresses, links and routes in here. @throws RigError `command-failed` */
	ip(...args: readonly string[]): Promise<string> {
		return run('ip', ['-n', this.name, ...args]);
	}

	/** Starts a program in here; it dies with the rig, and with this process however that ends. */
	spawn(command: string, args: readonly string[] = [], options: SpawnOptions = {}): ChildProcess {
		const prefix = ['--pdeathsig', 'KILL', '--', 'ip', 'netns', 'exec', this.name, command];
		const child = spawn('setpriv', [...prefix, ...args], { env: systemEnvironment(), ...options });
		this.#children.add(child);
		child.once('exit', () => this.#children.delete(child));
		return child;
	}

	/** Ends every program in here, then removes the namespace with all its interfaces. */
	async [Symbol.asyncDispose](): Promise<void> {
		const exits = [...this.#children].map((child) => once(child, 'exit'));
		await removeNamespace(this.name);
		await Promise.all(exits);
	}
}

/** Ends the programs of a namespace and removes it; also for one that another process left behind. */
export async function removeNamespace(name: string): Promise<void> {
	const pids = await run('ip', ['netns', 'pids', name]);
	for (const pid of pids.split('\n').filter(Boolean).map(Number)) {
		try {
			process.kill(pid, 'SIGKILL');
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
		}
	}
	await run('ip', ['netns', 'delete', name]);
}
