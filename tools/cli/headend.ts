/** `mullion headend`: the operator's side without a box, for one that was flashed. */
import { resolve } from 'node:path';
import { Controller } from '../controller/controller.ts';
import { type BareHeadendOptions, startBareHeadend } from '../headend/bare-headend.ts';
import { BrokerError } from '../headend/broker-error.ts';
import { MosquittoError } from '../headend/mosquitto-error.ts';
import { brokerPort, hostOfEmulator, imageAgentId, operator } from '../image/default-box.ts';
import { CliError } from './cli-error.ts';
import { type Command, type Context, text } from './command.ts';
import { aborted } from './ended.ts';
import { addressBookIn, repositoryIn } from './headend-file.ts';

const loopback = '127.0.0.1';

export const headend: Command = {
	name: 'headend',
	summary: "Starts the operator's side alone, for a box that was flashed or that QEMU is.",
	usage: '[OPTIONS]',
	options: {
		port: {
			type: 'string',
			value: 'NUMBER',
			help: `where the broker listens; default ${brokerPort}, which boxes of npm run image look for`,
		},
		host: {
			type: 'string',
			value: 'ADDRESS',
			help: `on which address; default ${loopback}, which QEMU leads its box to as ${hostOfEmulator}`,
		},
		broker: { type: 'string', value: 'URL', help: 'MQTT 5 broker that is there, instead of one of its own' },
		agent: { type: 'string', value: 'ID', help: `endpoint id of the box; default ${imageAgentId}` },
		repository: {
			type: 'string',
			value: 'DIR',
			help: 'folder of the signed repository, made where there is none; default .mullion/repository',
		},
	},
	examples: [
		['mullion headend', 'for the box of npm run image:start, until Ctrl-C'],
		['mullion headend --broker mqtt://127.0.0.1:1883', 'with the broker that this machine has already'],
		['mullion headend --host 0.0.0.0 --agent ID', 'for a box on the network of this machine'],
	],
	run: async (context) => {
		const { cwd, output, signal } = context;
		const agent = text(context, 'agent') ?? imageAgentId;
		const repository = resolve(cwd, text(context, 'repository') ?? repositoryIn(cwd));
		const log = (line: string): void => output.progress(output.dim(line));
		await using running = await start({
			repository,
			addressBook: addressBookIn(cwd),
			agent,
			port: portOf(context),
			host: text(context, 'host') ?? loopback,
			broker: text(context, 'broker'),
			log,
		});
		const { broker } = running;
		await using console = await Controller.connect({ broker, agent, endpointId: operator });
		console.onConnected(() => log(`${agent} is there`));
		output.result(
			{ broker, agent, repository },
			`Broker ${output.bold(broker)}, repository ${repository}.
Waiting for ${output.bold(agent)}. Other commands find it from here: try \`npx mullion status\`. Ctrl-C ends it.`,
		);
		await aborted(signal);
	},
};

/**
 * Where the address is taken by a broker, such as the one that Debian starts with its package, that one is used.
 *
 * Errors: those of the headend, with what to do where it is taken by something else.
 */
async function start(options: BareHeadendOptions) {
	try {
		return await startBareHeadend(options);
	} catch (error) {
		if (!(error instanceof MosquittoError) || error.code !== 'cannot-listen') throw error;
		const broker = `mqtt://${options.host}:${options.port}`;
		try {
			const running = await startBareHeadend({ ...options, broker });
			options.log(`${broker} is a broker already: it is used`);
			return running;
		} catch (cause) {
			if (cause instanceof BrokerError && cause.code === 'already-served') throw cause;
			const hint = 'nor is there a broker that could be used: take another --port';
			throw new MosquittoError('cannot-listen', `${error.message}; ${hint}`, { cause });
		}
	}
}

function portOf(context: Context): number {
	const port = Number(text(context, 'port') ?? brokerPort);
	if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
	throw new CliError('usage', '--port is a number from 1 to 65535');
}
