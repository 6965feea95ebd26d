/** `Device.X_MULLION_Log.`: what the VMs and the platform wrote, as it happens and from a ring of the last lines. */
import { UspError } from '../error.ts';
import type { LogLine, LogSource } from '../ports.ts';
import { type Command, dateTimeOf, type ObjectProvider } from './provider.ts';

const path = 'Device.X_MULLION_Log.';
const levels: readonly string[] = ['debug', 'info', 'warn', 'error'] satisfies LogLine['level'][];

/** Lines that a box keeps for `Read()`. */
export const keptLines = 1000;

/** @param capacity lines kept for `Read()` */
export function logObject({
	log,
	capacity = keptLines,
}: {
	log: LogSource;
	capacity?: number;
}): ObjectProvider {
	const ring: LogLine[] = [];
	let written = 0;

	const read: Command = {
		kind: 'sync',
		inputs: { Vm: {}, Level: { otherwise: 'debug' }, Limit: { otherwise: '100' } },
		outputs: ['Lines'],
		run: ({ args }) => {
			const limit = Number(args['Limit']);
			const lowest = levels.indexOf(args['Level'] ?? '');
			if (!Number.isInteger(limit) || limit < 1)
				throw new UspError('invalid-command-arguments', 'Limit has to be a whole number above 0');
			if (lowest < 0)
				throw new UspError('invalid-command-arguments', `Level has to be one of ${levels.join(', ')}`);
			const wanted = ring.filter(
				(line) => levels.indexOf(line.level) >= lowest && (args['Vm'] === '' || line.vm === args['Vm']),
			);
			return { outputs: { Lines: JSON.stringify(wanted.slice(-limit).map(argsOf)) } };
		},
	};

	return {
		path,
		read: () => ({ Lines: written, Kept: ring.length }),
		commands: { 'Read()': read },
		events: { 'Line!': ['Time', 'Vm', 'Level', 'Text'] },
		watch: (events) =>
			log.onLine((line) => {
				written++;
				ring.push(line);
				if (ring.length > capacity) ring.shift();
				events.emit({ objectPath: path, name: 'Line!', args: argsOf(line) });
			}),
	};
}

function argsOf({ at, vm, level, text }: LogLine) {
	return { Time: dateTimeOf(at), Vm: vm, Level: level, Text: text };
}
