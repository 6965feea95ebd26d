/**
 * A USB device as it describes itself, made safe to pass on: whoever built it wrote these texts and numbers.
 */

export interface UsbDevice {
	/** Where it is plugged in, such as `1-1.2`. */
	readonly port: string;
	/** `vendor:product`, four hexadecimal digits each. */
	readonly id: string;
	readonly vendorId: number;
	readonly productId: number;
	/** 0 where each interface has its own. */
	readonly deviceClass: number;
	readonly interfaceClasses: readonly number[];
	/** Printable and short; empty where it says nothing. */
	readonly manufacturer: string;
	readonly product: string;
	readonly serial: string;
	/** Files of the serial lines that it has, such as `ttyUSB0`. */
	readonly lines: readonly string[];
}

/** A device as the kernel found it, each attribute as text. */
export interface FoundDevice {
	readonly port: string;
	readonly attributes: Readonly<Record<string, string | undefined>>;
	readonly interfaces: readonly FoundInterface[];
}

export interface FoundInterface {
	readonly attributes: Readonly<Record<string, string | undefined>>;
	readonly lines: readonly string[];
}

export const deviceAttributes = [
	'idVendor',
	'idProduct',
	'bDeviceClass',
	'manufacturer',
	'product',
	'serial',
] as const;
export const interfaceAttributes = ['bInterfaceClass'] as const;

/** What of a device is looked at: those that have more are up to no good. */
export const mostInterfaces = 32;
/** A string descriptor of USB holds no more characters. */
const longestText = 126;
const mostLines = 4;

const portPattern = /^\d{1,3}-\d{1,3}(\.\d{1,3}){0,6}$/;
const linePattern = /^tty(USB|ACM)\d{1,3}$/;

/** Whether this is what the kernel calls a device, and neither a hub of its own nor an interface. */
export function isPort(name: string): boolean {
	return portPattern.test(name);
}

/** Undefined for what cannot be a device. */
export function usbDevice({ port, attributes, interfaces }: FoundDevice): UsbDevice | undefined {
	const [vendor, product] = [word(attributes['idVendor']), word(attributes['idProduct'])];
	if (!isPort(port) || vendor === undefined || product === undefined) return undefined;
	const seen = interfaces.slice(0, mostInterfaces);
	return {
		port,
		id: `${vendor}:${product}`,
		vendorId: Number.parseInt(vendor, 16),
		productId: Number.parseInt(product, 16),
		deviceClass: byte(attributes['bDeviceClass']),
		interfaceClasses: seen.map((each) => byte(each.attributes['bInterfaceClass'])),
		manufacturer: printable(attributes['manufacturer']),
		product: printable(attributes['product']),
		serial: printable(attributes['serial']),
		lines: seen
			.flatMap((each) => each.lines)
			.filter((line) => linePattern.test(line))
			.slice(0, mostLines),
	};
}

function word(text: string | undefined): string | undefined {
	const trimmed = text?.trim() ?? '';
	return /^[0-9a-f]{4}$/.test(trimmed) ? trimmed : undefined;
}

function byte(text: string | undefined): number {
	const trimmed = text?.trim() ?? '';
	return /^[0-9a-f]{2}$/.test(trimmed) ? Number.parseInt(trimmed, 16) : 0;
}

/** What would move a cursor, turn the direction of writing or hide is shown by its number. */
function printable(text = ''): string {
	// No more is read than could be shown: escapes make it longer, and it is cut once more.
	const shown = [...text.trim().slice(0, 4 * longestText)].map((character) =>
		/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character) && character !== '\ufffd'
			? character
			: `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
	);
	let length = 0;
	const kept = shown.filter((part) => {
		length += part.length;
		return length <= longestText;
	});
	return kept.join('');
}
