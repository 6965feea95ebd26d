/** Written by `npm run generate` from bus/expansion.proto; do not edit. */
// biome-ignore-all format: generated
// biome-ignore-all lint/suspicious/noShadowRestrictedNames: the names are those of the contract
import { type Codec, codecsOf } from '../codec.ts';

/** As the device says of itself: whoever made it wrote this. Texts are printable, and 126 characters at most. */
export interface UsbDevice {
	/** Where it is plugged in, such as `1-1.2`. */
	port: string;
	vendorId: number;
	productId: number;
	/** 0 where each interface has its own. */
	class: number;
	/** Of the first 32 interfaces. */
	interfaceClasses: number[];
	manufacturer: string;
	product: string;
	serial: string;
}

export interface DeviceChange {
	device?: UsbDevice;
	/** False once it has been pulled out. */
	isPresent: boolean;
}

/**
 * From a device on `serial.input`, a request to be answered with nothing: the next comes after that. To a
 * device on `serial.output`.
 */
export interface SerialData {
	/** Where the device is plugged in. To a device: empty for the only one, or the first. */
	port: string;
	data: Uint8Array;
}

const codec = codecsOf('{"nested":{"mullion":{"nested":{"expansion":{"nested":{"DeviceChange":{"fields":{"device":{"type":"UsbDevice","id":1},"isPresent":{"type":"bool","id":2,"protoName":"is_present"}}},"SerialData":{"fields":{"port":{"type":"string","id":1},"data":{"type":"bytes","id":2}}},"UsbDevice":{"fields":{"port":{"type":"string","id":1},"vendorId":{"type":"uint32","id":2,"protoName":"vendor_id"},"productId":{"type":"uint32","id":3,"protoName":"product_id"},"class":{"type":"uint32","id":4},"interfaceClasses":{"rule":"repeated","type":"uint32","id":5,"protoName":"interface_classes"},"manufacturer":{"type":"string","id":6},"product":{"type":"string","id":7},"serial":{"type":"string","id":8}}}}}}}}}');

export const UsbDevice: Codec<UsbDevice> = codec('mullion.expansion.UsbDevice');
export const DeviceChange: Codec<DeviceChange> = codec('mullion.expansion.DeviceChange');
export const SerialData: Codec<SerialData> = codec('mullion.expansion.SerialData');
