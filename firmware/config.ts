/** What one box is told when it is made: who it is, whom it trusts, which networks it has. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { CodedError } from '../runtime/error.ts';
import { type BudgetCaps, budgetNames } from '../runtime/module/budget.ts';
import { type Placement, placements } from '../runtime/vm/placement.ts';

export const configErrors = {
	'bad-image':
		'What an image says of itself is missing or wrong, or the boot loader did not say which slot it started.',
	'bad-config': 'The configuration of the box is missing, not JSON, or lacks a field.',
} as const;

export class ConfigError extends CodedError<keyof typeof configErrors> {
	override readonly name = 'ConfigError';
}

export interface NetworkConfig {
	readonly id: string;
	/** `lte`, `gsm`, `wifi`, `ethernet`, `bluetooth`. */
	readonly kind: string;
	/** Source address that leads out by this network. */
	readonly localAddress?: string;
	/** Interface whose kernel counters belong to this network. */
	readonly device?: string;
	/** Host name -> `address:port`, as this network resolves it. */
	readonly hosts?: Readonly<Record<string, string>>;
	readonly nominalKbps?: number;
	/** In the operator's unit of money. */
	readonly costPerMb?: number;
	/** File that says whether the network is there: see `hal/radio-files.ts`. Without it, it always is. */
	readonly radio?: string;
}

export interface CertificationConfig {
	/** True where a version starts only with a certificate. What runs already goes on. */
	readonly required: boolean;
	/** Public ed25519 keys of those whose certificates count, 64 hexadecimal digits each. */
	readonly keys: readonly string[];
}

export interface PowerConfig {
	/** Folder of the kernel's power supplies; default that of the board. */
	readonly supplies?: string;
	/** Modules that run while the mains are lost, if their manifests ask for it; `*` for each that asks. Default none. */
	readonly essential?: readonly string[];
	/** How long the mains have to be there before everything goes on, in milliseconds; default 10 000. */
	readonly backMs?: number;
	/** What is left of the battery when the box switches itself off, whichever comes first. Defaults 5 percent, 2 minutes. */
	readonly stopPercent?: number;
	readonly stopMinutes?: number;
}

export interface ExpansionConfig {
	/** Devices that modules of the repository are installed for, `vendor:product`, `vendor:*` or `*`. Default none. */
	readonly allow?: readonly string[];
	/** Vendors whose modules are; default any. */
	readonly vendors?: readonly string[];
	/** Where the kernel has its USB devices; default `/sys/bus/usb/devices`. */
	readonly devices?: string;
	/** Where their files are; default `/dev`. */
	readonly files?: string;
}

export interface BoxConfig {
	/** USP endpoint id, e.g. `os::00D09E-000001`. */
	readonly endpointId: string;
	/** Where everything that outlives a restart is kept. */
	readonly state: string;
	/** MQTT 5 broker: `mqtt://host:port`. */
	readonly broker: string;
	readonly controllers: readonly { readonly endpointId: string; readonly topic: string }[];
	/** Endpoints with this prefix may manage the box too; for development boxes. */
	readonly acceptTools?: string;
	/** The root of trust: TUF root metadata. */
	readonly root: string;
	readonly networks: readonly NetworkConfig[];
	/** File that the frames which are heard are written to; without it they are counted only. */
	readonly sink?: string;
	/** The most that any module is granted on this box: fields of a manifest's budget. */
	readonly caps?: BudgetCaps;
	readonly certification?: CertificationConfig;
	/** Prometheus metrics on a local port; without it there are none. */
	readonly metrics?: {
		/** 0 takes any that is free, and says so in the log. */
		readonly port: number;
		/** Default 127.0.0.1. */
		readonly host?: string;
	};
	/** Which VMs share a thread; a box with little memory has fewer. Default `domain-and-class`. */
	readonly cells?: Placement;
	/** Services that are not realtime are put to sleep after so long without a turn, in milliseconds. Default 60 000. */
	readonly sleepAfterMs?: number;
	/** Roles of profiles at home that may agree to firmware, refuse it and have an update brought; default none. */
	readonly home?: { readonly roles: readonly string[] };
	/** Without it, a box that is a program among others does not look at its power. */
	readonly power?: PowerConfig;
	/** Without it, nobody looks at what is plugged in. */
	readonly expansion?: ExpansionConfig;
	readonly handoff?: {
		readonly minimumTimeMs?: number;
		readonly preference?: readonly string[];
	};
}

/** Reads a configuration; relative paths in it are relative to the file. @throws ConfigError */
export async function readConfig(path: string): Promise<BoxConfig> {
	let config: Partial<BoxConfig>;
	try {
		config = JSON.parse(await readFile(path, 'utf8'));
	} catch (cause) {
		throw new ConfigError('bad-config', `${path} cannot be read as JSON: ${(cause as Error).message}`, {
			cause,
		});
	}
	const at = (file: string): string => resolve(dirname(path), file);
	const needed = ['endpointId', 'state', 'broker', 'root', 'networks', 'controllers'] as const;
	const missing = needed.find((field) => config[field] === undefined);
	if (missing !== undefined) throw new ConfigError('bad-config', `${path} lacks the field "${missing}"`);
	const wrong = Object.entries(config.caps ?? {}).find(
		([name, most]) =>
			!(budgetNames as readonly string[]).includes(name) || !Number.isInteger(most) || most < 1,
	);
	if (wrong !== undefined)
		throw new ConfigError(
			'bad-config',
			`${path}: caps.${wrong[0]} must be a budget (${budgetNames.join(', ')}) with a whole number from 1`,
		);
	const badKey = config.certification?.keys.find((key) => !/^[0-9a-f]{64}$/.test(key));
	if (badKey !== undefined)
		throw new ConfigError(
			'bad-config',
			`${path}: "${badKey}" in certification.keys is not 64 hexadecimal digits`,
		);
	const { port } = config.metrics ?? { port: 0 };
	if (!Number.isInteger(port) || port < 0 || port > 65_535)
		throw new ConfigError('bad-config', `${path}: metrics.port is a port number, not ${port}`);
	if (config.cells !== undefined && !Object.hasOwn(placements, config.cells))
		throw new ConfigError(
			'bad-config',
			`${path}: "cells" must be one of ${Object.keys(placements).join(', ')}`,
		);
	const { roles } = config.home ?? { roles: [] };
	if (!Array.isArray(roles) || roles.some((role) => typeof role !== 'string' || role === ''))
		throw new ConfigError('bad-config', `${path}: home.roles is a list of names of roles`);
	const { sleepAfterMs = 1 } = config;
	if (!Number.isInteger(sleepAfterMs) || sleepAfterMs < 1)
		throw new ConfigError(
			'bad-config',
			`${path}: sleepAfterMs is a whole number from 1, not ${sleepAfterMs}`,
		);
	checkPower(config.power, path);
	checkExpansion(config.expansion, path);
	const { state, root, sink, networks, ...rest } = config as BoxConfig;
	return {
		...rest,
		state: at(state),
		root: at(root),
		...(sink === undefined ? {} : { sink: at(sink) }),
		networks: networks.map(({ radio, ...network }) => ({
			...network,
			...(radio === undefined ? {} : { radio: at(radio) }),
		})),
	};
}

function checkPower(power: PowerConfig | undefined, path: string): void {
	const { essential = [], stopPercent = 0, stopMinutes = 0, backMs = 0 } = power ?? {};
	if (!isListOfTexts(essential))
		throw new ConfigError('bad-config', `${path}: power.essential lists names of modules, or "*"`);
	if (!isWhole(stopPercent, 100) || !isWhole(stopMinutes, 1440) || !isWhole(backMs, 3_600_000))
		throw new ConfigError(
			'bad-config',
			`${path}: power.stopPercent is a whole number up to 100, power.stopMinutes one up to 1440, power.backMs one up to an hour`,
		);
}

function checkExpansion(expansion: ExpansionConfig | undefined, path: string): void {
	const { allow = [], vendors = [] } = expansion ?? {};
	const isPattern = (text: string): boolean => /^(\*|[0-9a-f]{4}:([0-9a-f]{4}|\*))$/.test(text);
	if (!isListOfTexts(allow) || !allow.every(isPattern))
		throw new ConfigError(
			'bad-config',
			`${path}: expansion.allow lists devices like "1a86:7523", "1a86:*" or "*"`,
		);
	if (!isListOfTexts(vendors))
		throw new ConfigError('bad-config', `${path}: expansion.vendors lists names of vendors`);
}

function isListOfTexts(list: unknown): list is readonly string[] {
	return Array.isArray(list) && list.every((item) => typeof item === 'string');
}

function isWhole(value: unknown, most: number): boolean {
	return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;
}
