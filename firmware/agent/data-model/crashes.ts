/** `Device.X_MULLION_Crash.`: what is known of turns that failed, as it happens and of the last ones of each VM. */
import { UspError } from '../error.ts';
import type { CrashReport, CrashSource } from '../ports.ts';
import { type Command, dateTimeOf, type ObjectProvider } from './provider.ts';

const path = 'Device.X_MULLION_Crash.';
/** In lists and events; the report has all of it. */
const longestMessage = 200;

export function crashObject({ crashes }: { crashes: CrashSource }): ObjectProvider {
	const list: Command = {
		kind: 'sync',
		inputs: { Vm: {} },
		outputs: ['Crashes'],
		run: async ({ args }) => {
			const wanted = (await crashes.list()).filter(({ vm }) => args['Vm'] === '' || vm === args['Vm']);
			return { outputs: { Crashes: JSON.stringify(wanted.map(summaryOf)) } };
		},
	};
	const read: Command = {
		kind: 'sync',
		inputs: { Id: { isRequired: true } },
		outputs: ['Report'],
		run: async ({ args }) => {
			const report = (await crashes.list()).find(({ id }) => id === args['Id']);
			if (report === undefined)
				throw new UspError('object-does-not-exist', `there is no crash report "${args['Id']}"`);
			return { outputs: { Report: JSON.stringify(report) } };
		},
	};
	return {
		path,
		read: () => ({}),
		commands: { 'List()': list, 'Read()': read },
		events: { 'Crash!': ['Id', 'Time', 'Vm', 'Module', 'Version', 'Code', 'Budget', 'Message'] },
		watch: (events) =>
			crashes.onCrash((report) => events.emit({ objectPath: path, name: 'Crash!', args: summaryOf(report) })),
	};
}

function summaryOf({ id, at, vm, module, version, code, budget, message }: CrashReport) {
	return {
		Id: id,
		Time: dateTimeOf(at),
		Vm: vm,
		Module: module,
		Version: version,
		Code: code,
		Budget: budget,
		Message: message.slice(0, longestMessage),
	};
}
