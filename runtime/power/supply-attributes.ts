/**
 * What the kernel's power supplies say, as one reading: attributes as in `/sys/class/power_supply/NAME/`.
 *
 * Drivers differ in what they have and are wrong at times: what is no number in its range counts as missing.
 */
import type { BatteryReading, PowerReading } from './power-supplies.ts';

/** One supply: attribute -> text. */
export type SupplyAttributes = Readonly<Record<string, string | undefined>>;

export const attributeNames = [
	...['type', 'scope', 'present', 'online', 'status', 'capacity', 'time_to_empty_now'],
	...['energy_now', 'power_now', 'charge_now', 'current_now'],
] as const;

const mostSeconds = 30 * 86_400;

export function readingOf(supplies: readonly SupplyAttributes[]): PowerReading {
	// A mouse or a headset has a battery too.
	const own = supplies.filter(({ scope, present }) => scope !== 'Device' && present !== '0');
	const batteries = own.filter(({ type }) => type === 'Battery' || type === 'UPS');
	const feeds = own.flatMap((supply) => {
		const isOnline = supply['type'] === 'Battery' ? undefined : flag(supply['online']);
		return isOnline === undefined ? [] : [isOnline];
	});
	const readings = batteries.map(batteryOf);
	return {
		hasMains: feeds.length > 0 ? feeds.includes(true) : asSeenByBatteries(batteries),
		battery: readings.length === 0 ? undefined : together(readings),
	};
}

function batteryOf(supply: SupplyAttributes): BatteryReading {
	return {
		percent: number(supply['capacity'], 100),
		secondsLeft: number(supply['time_to_empty_now'], mostSeconds, 1) ?? atThisRate(supply),
	};
}

/** In microwatt-hours and microwatts, or microampere-hours and microamperes. */
function atThisRate(supply: SupplyAttributes): number | undefined {
	for (const [store, flow] of [
		['energy_now', 'power_now'],
		['charge_now', 'current_now'],
	] as const) {
		const left = number(supply[store], Number.MAX_SAFE_INTEGER);
		// Some count what leaves the battery as negative.
		const rate = number(supply[flow]?.replace('-', ''), Number.MAX_SAFE_INTEGER, 1);
		if (left !== undefined && rate !== undefined)
			return Math.min(mostSeconds, Math.floor((left * 3600) / rate));
	}
	return undefined;
}

/** The most hopeful word of each: when one is empty there is another. */
function together(readings: readonly BatteryReading[]): BatteryReading {
	const most = (values: readonly (number | undefined)[]): number | undefined => {
		const known = values.filter((value) => value !== undefined);
		return known.length === 0 ? undefined : Math.max(...known);
	};
	return {
		percent: most(readings.map(({ percent }) => percent)),
		secondsLeft: most(readings.map(({ secondsLeft }) => secondsLeft)),
	};
}

/** Where nothing else says whether there are mains. */
function asSeenByBatteries(batteries: readonly SupplyAttributes[]): boolean | undefined {
	const known = batteries.flatMap(({ status }) => {
		if (status === 'Discharging') return [false];
		return ['Charging', 'Full', 'Not charging'].includes(status ?? '') ? [true] : [];
	});
	return known.length === 0 ? undefined : known.includes(true);
}

function flag(text: string | undefined): boolean | undefined {
	// 2 is a supply that can be programmed, and is on.
	if (text === '1' || text === '2') return true;
	return text === '0' ? false : undefined;
}

function number(text: string | undefined, most: number, least = 0): number | undefined {
	if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined;
	const value = Number(text);
	return value >= least && value <= most ? value : undefined;
}
