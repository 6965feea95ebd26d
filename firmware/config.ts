/** What one box is told when it is made: who it is, whom it trusts, which networks it has. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { isTopicPattern } from '../runtime/bus/topic-pattern.ts';
import { boundedGrants, type GrantCaps } from '../runtime/capability/grant-caps.ts';
import { CodedError } from '../runtime/error.ts';
import {
	anyText,
	list,
	made,
	map,
	object,
	oneOf,
	openObject,
	optional,
	type Read,
	type Rule,
	read,
	rule,
	text,
	whole,
} from '../runtime/field-rules.ts';
import { type BudgetCaps, budgetNames } from '../runtime/module/budget.ts';
import { type Placement, placements } from '../runtime/vm/placement.ts';

export const configErrors = {
	'bad-image':
		'What an image says of itself is missing or wrong, or the boot loader did not say which slot it started.',
	'bad-config': 'The configuration of the box is missing, not JSON, or has a field that is missing or wrong.',
} as const;

export class ConfigError extends CodedError<keyof typeof configErrors> {
	override readonly name = 'ConfigError';
}

// Objects are open: the file outlives the firmware, and a box that goes back to an older release has to start by it.

const texts = (what: string) => list(what, anyText('a text'));
const number = (what: string): Rule<number> => rule(what, (value) => typeof value === 'number');
const upTo = (most: number): Rule<number> => whole(`a whole number up to ${most}`, { least: 0, most });

const most = optional(whole('a whole number from 1'));

/** Only what is a budget can be capped. */
const caps = object(
	'the most that any module is granted, by budget',
	Object.fromEntries(budgetNames.map((name) => [name, most])),
) as Rule<BudgetCaps>;

/** Of grants only what is a bound. */
const grantCaps = object(
	'the most of each capability that any module is granted',
	Object.fromEntries(
		Object.entries(boundedGrants).map(([name, fields]) => [
			name,
			optional(
				object(
					'the most of its grant, by field',
					Object.fromEntries(Object.keys(fields).map((field) => [field, most])),
				),
			),
		]),
	),
) as Rule<GrantCaps>;

const certification = openObject('whose certificates count', {
	/** True where a version starts only with a certificate. What runs already goes on. */
	required: optional(rule('true or false', (value) => typeof value === 'boolean')),
	/** Of those whose certificates count. */
	keys: list('a list of keys', text('a public ed25519 key, 64 hexadecimal digits', /^[0-9a-f]{64}$/)),
});

const power = openObject('what is to be known of its power', {
	/** Default that of the board. */
	supplies: optional(anyText("the folder of the kernel's power supplies")),
	/** They run while the mains are lost, if their manifests ask for it. Default none. */
	essential: optional(texts('a list of names of modules, or of "*"')),
	/** How long the mains have to be there before everything goes on, in milliseconds; default 10 000. */
	backMs: optional(upTo(3_600_000)),
	/** What is left of the battery when the box switches itself off, whichever comes first. Defaults 5 percent, 2 minutes. */
	stopPercent: optional(upTo(100)),
	stopMinutes: optional(upTo(1440)),
});

const ipc = openObject('who carries the messages of services', {
	/** Name of the module that does: only one of the domain `authorized` may. */
	container: text('the name of a module', /./s),
	/** Only these go through it; default all. */
	topics: optional(
		list(
			'a list of topics',
			rule(
				'a topic, "*" or the beginning of topics such as "media.*"',
				(value): value is string => typeof value === 'string' && isTopicPattern(value),
			),
		),
	),
});

const expansion = openObject('what may be plugged in', {
	/** Devices that modules of the repository are installed for. Default none. */
	allow: optional(
		list(
			'a list of devices',
			text('a device like "1a86:7523", "1a86:*" or "*"', /^(\*|[0-9a-f]{4}:([0-9a-f]{4}|\*))$/),
		),
	),
	/** Whose modules are; default any. */
	vendors: optional(texts('a list of names of vendors')),
	/** Default `/sys/bus/usb/devices`. */
	devices: optional(anyText('where the kernel has its USB devices')),
	/** Default `/dev`. */
	files: optional(anyText('where their files are')),
});

/** @param file a path of the configuration, made absolute */
const volumes = (file: Rule<string>) =>
	openObject('what may come on removable media', {
		/** Names of modules that may; default none. */
		allow: optional(texts('a list of names of modules, or of "*"')),
		/** Where the system mounts them, a folder each; without it, a box that runs from an image mounts them itself. */
		folder: optional(file),
	});

/** @param file a path of the configuration, made absolute */
const network = (file: Rule<string>) =>
	openObject('a network', {
		id: anyText('a name for the network'),
		/** `lte`, `gsm`, `wifi`, `ethernet`, `bluetooth`. */
		kind: anyText('a kind of network'),
		localAddress: optional(anyText('the source address that leads out by it')),
		/** Its kernel counters belong to this network. */
		device: optional(anyText('an interface')),
		/** As this network resolves them. */
		hosts: optional(map('names of hosts', anyText('an "address:port"'))),
		nominalKbps: optional(number('a number of kbit/s')),
		/** In the operator's unit of money. */
		costPerMb: optional(number('the price of a megabyte')),
		/** File that says whether the network is there: see `hal/radio-files.ts`. Without it, it always is. */
		radio: optional(file),
	});

/** @param folder that relative paths are relative to */
const box = (folder: string) => {
	const file = made('a path', anyText('a path'), (path) => resolve(folder, path));
	return openObject('an object', {
		endpointId: anyText('a USP endpoint id, such as "os::00D09E-000001"'),
		/** Everything that outlives a restart is kept there. */
		state: file,
		/** MQTT 5. */
		broker: rule(
			'a broker, such as "mqtt://host:1883"',
			(value): value is string =>
				typeof value === 'string' && /^(mqtts?|tcp|ssl|tls|wss?):$/.test(URL.parse(value)?.protocol ?? ''),
		),
		controllers: list(
			'a list of controllers',
			openObject('a controller', { endpointId: anyText('its endpoint id'), topic: anyText('its topic') }),
		),
		/** Endpoints with this prefix may manage the box too; for development boxes. */
		acceptTools: optional(anyText('the beginning of endpoint ids')),
		/** The root of trust: TUF root metadata. */
		root: file,
		networks: list('a list of networks', network(file)),
		/** Where the frames which are heard are written to; without it they are counted only. */
		sink: optional(file),
		caps: optional(caps),
		grantCaps: optional(grantCaps),
		certification: optional(certification),
		/** Prometheus metrics on a local port; without it there are none. */
		metrics: optional(
			openObject('where metrics are served', {
				/** 0 takes any that is free, and says so in the log. */
				port: whole('a port number', { least: 0, most: 65_535 }),
				/** Default 127.0.0.1. */
				host: optional(anyText('an address of this box')),
			}),
		),
		/** Which VMs share a thread; a box with little memory has fewer. Default `domain-and-class`. */
		cells: optional(oneOf(Object.keys(placements) as Placement[])),
		/** Services that are not realtime are put to sleep after so long without a turn. Default 60 000. */
		sleepAfterMs: optional(whole('a whole number of milliseconds')),
		/** Roles of profiles at home that may agree to firmware, refuse it and have an update brought; default none. */
		home: optional(openObject('whose word counts', { roles: list('a list of roles', text('a role', /./s)) })),
		/** Default: the platform carries what services say to each other. */
		ipc: optional(ipc),
		/** Without it, a box that is a program among others does not look at its power. */
		power: optional(power),
		/** Without it, nobody looks at what is plugged in. */
		expansion: optional(expansion),
		/** Without it, nothing is read from removable media. */
		volumes: optional(volumes(file)),
		recordings: optional(
			openObject('how much of its disk recordings may have', {
				/** All of them together; default any number. */
				mostBytes: optional(upTo(Number.MAX_SAFE_INTEGER)),
				/** They leave so many bytes free for everything else. Default 67 108 864. */
				leaveFreeBytes: optional(upTo(Number.MAX_SAFE_INTEGER)),
			}),
		),
		handoff: optional(
			openObject('when a session changes its network', {
				minimumTimeMs: optional(number('a number of milliseconds')),
				preference: optional(texts('a list of networks or of kinds of them, best first')),
			}),
		),
	});
};

export type BoxConfig = Read<ReturnType<typeof box>>;
export type NetworkConfig = BoxConfig['networks'][number];
export type CertificationConfig = Read<typeof certification>;
export type ExpansionConfig = Read<typeof expansion>;
export type VolumesConfig = Read<ReturnType<typeof volumes>>;

/** Relative paths in a configuration are relative to the file. Null counts as left out. @throws ConfigError `bad-config` */
export async function readConfig(path: string): Promise<BoxConfig> {
	return checkConfig(await readJson(path), { folder: dirname(path), name: path });
}

/** Of a program, as if it stood in a file. @param folder that relative paths are relative to. @throws ConfigError `bad-config` */
export function configOf(value: unknown, folder: string): BoxConfig {
	const name = 'the configuration';
	let json: unknown;
	try {
		json = JSON.parse(JSON.stringify(value) ?? 'null', withoutNull);
	} catch (cause) {
		const message = `${name} cannot be written as JSON: ${(cause as Error).message}`;
		throw new ConfigError('bad-config', message, { cause });
	}
	return checkConfig(json, { folder, name });
}

function withoutNull(_name: string, value: unknown): unknown {
	return value ?? undefined;
}

/** As it stands in the file, without what is null. @throws ConfigError `bad-config` */
export async function readJson(path: string): Promise<unknown> {
	try {
		return JSON.parse(await readFile(path, 'utf8'), withoutNull);
	} catch (cause) {
		const message = `${path} cannot be read as JSON: ${(cause as Error).message}`;
		throw new ConfigError('bad-config', message, { cause });
	}
}

/** @param name what is at fault in an error. @throws ConfigError `bad-config` with the field */
export function checkConfig(
	json: unknown,
	{ folder, name }: { readonly folder: string; readonly name: string },
): BoxConfig {
	return read(box(folder), json, {
		refuse: (why) => new ConfigError('bad-config', `${name}: ${why}`),
	});
}
