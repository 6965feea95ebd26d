/** `mullion devices`: what is plugged into the box, and the modules that serve it. */
import { uspFaults } from '../../firmware/agent/error.ts';
import type { Controller } from '../controller/controller.ts';
import { ControllerError } from '../controller/controller-error.ts';
import { withBox } from './box.ts';
import { CliError } from './cli-error.ts';
import type { Command } from './command.ts';
import { headendOptions } from './headend-file.ts';
import { printable } from './printable.ts';
import { table } from './table.ts';

const path = 'Device.USB.USBHosts.Host.1.Device.';

type Row = Readonly<Record<string, string>>;

export const devices: Command = {
	name: 'devices',
	summary: 'Shows what is plugged into the box, and the modules that serve it.',
	usage: '[OPTIONS]',
	options: headendOptions,
	examples: [
		['mullion devices', 'the box of the headend that runs here'],
		['mullion devices --json', 'for a program'],
	],
	run: async (context) => {
		const { output } = context;
		const objects = await withBox(context, readDevices);
		const rows = Object.values(objects).filter((row) => row['X_MULLION_Port'] !== undefined);
		const state = (row: Row): string => {
			const text = row['X_MULLION_State'] ?? '';
			return text === 'served' ? output.green(text) : output.yellow(text);
		};
		const column = (title: string, param: string) => ({
			title,
			of: (row: Row) => printable(row[param] ?? ''),
		});
		const text = table({
			rows,
			head: output.bold,
			columns: [
				column('PORT', 'X_MULLION_Port'),
				{ title: 'DEVICE', of: idOf },
				column('MANUFACTURER', 'Manufacturer'),
				column('PRODUCT', 'ProductClass'),
				{ title: 'STATE', of: state },
				column('MODULE', 'X_MULLION_Module'),
				{ title: 'REASON', of: (row: Row) => output.dim(printable(row['X_MULLION_Reason'] ?? '')) },
			],
		});
		const list = rows.map((row) => ({
			port: row['X_MULLION_Port'],
			device: idOf(row),
			manufacturer: row['Manufacturer'],
			product: row['ProductClass'],
			serial: row['SerialNumber'],
			state: row['X_MULLION_State'],
			module: row['X_MULLION_Module'],
			reason: row['X_MULLION_Reason'],
		}));
		output.result(list, rows.length === 0 ? 'Nothing is plugged into the box.' : text);
	},
};

async function readDevices(box: Controller): Promise<Readonly<Record<string, Row>>> {
	try {
		return await box.get([path]);
	} catch (cause) {
		if (!(cause instanceof ControllerError && cause.fault === uspFaults['invalid-path'])) throw cause;
		const message = 'this box does not look for devices: its configuration has no "expansion"';
		throw new CliError('no-expansion', message, { cause });
	}
}

/** As manifests name it. */
function idOf(row: Row): string {
	const hex = (param: string): string => Number(row[param]).toString(16).padStart(4, '0');
	return `${hex('VendorID')}:${hex('ProductID')}`;
}
