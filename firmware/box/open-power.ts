/** The power of a box: who may run on its battery, whom it tells, and how it stops. */
import { PowerSource, PowerState } from '../../proto/host/bus/power.ts';
import type { Hub } from '../../runtime/bus/hub.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Manifest } from '../../runtime/module/manifest.ts';
import { Power, type PowerView } from '../../runtime/power/power.ts';
import type { Supervisor } from '../../runtime/vm/supervisor.ts';
import type { PowerPort, PowerStatus } from '../agent/ports.ts';
import type { BoxConfig } from '../config.ts';
import { kernelSupplies, powerSupplies } from '../hal/power-supplies.ts';
import type { OwnImage } from '../own-image.ts';
import type { LogBook } from './log-book.ts';

export interface BoxPowerOptions {
	readonly config: Pick<BoxConfig, 'power' | 'ipc'>;
	readonly image: OwnImage | undefined;
	readonly clock: Clock;
	readonly log: LogBook;
}

export interface PowerUsers {
	readonly hub: Hub;
	readonly supervisor: Supervisor;
	/** Stops the box in order; it is then switched off, unless there are mains again. */
	readonly stop: (hasMains: () => Promise<boolean>) => void;
}

export interface BoxPower extends PowerPort {
	/** Why no VM of this module may run for now. */
	standstill(manifest: Manifest): string | undefined;
	/** To be called once there is somebody to tell. */
	serve(users: PowerUsers): void;
	close(): void;
}

/** Undefined where nobody asked for it: a program among others leaves the power to its machine. */
export async function openBoxPower({
	config,
	image,
	clock,
	log,
}: BoxPowerOptions): Promise<BoxPower | undefined> {
	if (config.power === undefined && image === undefined) return undefined;
	const { essential: named = [], supplies: folder, ...limits } = config.power ?? {};
	// Without what carries their messages, the others could say nothing to each other.
	const essential = [...named, config.ipc?.container];
	const supplies = powerSupplies(folder ?? image?.devices.powerSupply ?? kernelSupplies);
	const listeners = new Set<(status: PowerStatus) => void>();
	let users: PowerUsers | undefined;

	const changed = (view: PowerView, before: PowerView | undefined): void => {
		users?.hub.publish('power.state', encode(view));
		if (view.source !== before?.source) {
			tell(view);
			users?.supervisor.reconsider();
		}
		for (const listener of listeners) listener(view);
		if (!view.isLast || before?.isLast === true) return;
		log.write({ vm: '', level: 'error', text: 'the battery is nearly empty: the box stops' });
		users?.stop(async () => (await supplies.read()).hasMains === true);
	};
	const tell = (view: PowerView): void => {
		if (view.source === 'mains') log.write({ vm: '', level: 'info', text: 'the mains are back' });
		else
			log.write({
				vm: '',
				level: 'warn',
				text: `the mains are lost: what is not essential is suspended (${leftOf(view)})`,
			});
	};
	const power = await Power.open({
		clock,
		supplies,
		...limits,
		changed,
		trouble: (why) => log.write({ vm: '', level: 'warn', text: `the power supplies cannot be read: ${why}` }),
	});
	return {
		status: () => power.view,
		onChange: (listener) => {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		standstill: ({ name, power: need }) => {
			const isEssential = need === 'essential' && (essential.includes(name) || essential.includes('*'));
			return power.isOnBattery && !isEssential ? 'the mains are lost, and it is not essential' : undefined;
		},
		serve: (given) => {
			users = given;
			if (power.isOnBattery) changed(power.view, undefined);
			// What was true when they were started may not be any more.
			else given.supervisor.reconsider();
		},
		close: () => power.close(),
	};
}

function leftOf({ percent, minutesLeft }: PowerView): string {
	const parts = [
		...(percent === undefined ? [] : [`${percent} % of the battery`]),
		...(minutesLeft === undefined ? [] : [`${minutesLeft} minutes`]),
	];
	return parts.length === 0 ? 'nobody knows for how long' : `${parts.join(', ')} left`;
}

function encode({ source, percent, minutesLeft, isLast }: PowerView): Uint8Array {
	return PowerState.encode({
		source: source === 'mains' ? PowerSource.POWER_SOURCE_MAINS : PowerSource.POWER_SOURCE_BATTERY,
		...(percent !== undefined && { batteryPercent: percent }),
		...(minutesLeft !== undefined && { minutesLeft }),
		isLast,
	});
}
