/** `Device.X_MULLION_Recording.`: hands out, part by part, what `X_MULLION_Record()` of a VM has begun. */
import { UspError } from '../error.ts';
import type { VmRecorder } from '../ports.ts';
import type { Command, ObjectProvider } from './provider.ts';

export function recordingObject({ recorder }: { recorder: VmRecorder }): ObjectProvider {
	const read: Command = {
		kind: 'sync',
		inputs: { Recording: { isRequired: true }, Offset: { otherwise: '0' } },
		outputs: ['Bytes', 'Turns', 'Ended'],
		run: ({ args }) => {
			const request = { recording: wholeOf(args, 'Recording'), offset: wholeOf(args, 'Offset') };
			const { bytes, turns, ended } = recorder.read(request);
			return { outputs: { Bytes: bytes.toBase64(), Turns: turns, Ended: ended } };
		},
	};
	const stop: Command = {
		kind: 'sync',
		inputs: { Recording: { isRequired: true } },
		outputs: [],
		run: ({ args }) => {
			recorder.stop({ recording: wholeOf(args, 'Recording') });
			return {};
		},
	};
	return {
		path: 'Device.X_MULLION_Recording.',
		read: () => ({}),
		commands: { 'Read()': read, 'Stop()': stop },
	};
}

/** Errors: `invalid-command-arguments`. */
export function wholeOf(args: Readonly<Record<string, string>>, name: string): number {
	const value = args[name] ?? '';
	if (!/^\d{1,15}$/.test(value))
		throw new UspError('invalid-command-arguments', `${name} has to be a whole number`);
	return Number(value);
}
