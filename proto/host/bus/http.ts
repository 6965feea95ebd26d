/** Written by `npm run generate` from bus/http.proto; do not edit. */
// biome-ignore-all format: generated
// biome-ignore-all lint/suspicious/noShadowRestrictedNames: the names are those of the contract
import { type Codec, codecsOf } from '../codec.ts';

export interface Header {
	name: string;
	value: Uint8Array;
}

export interface Request {
	/** Upper case; empty is GET. */
	method: string;
	/** `http` or `https`; may be empty. */
	scheme: string;
	/** Host and port; may be empty. */
	authority: string;
	pathWithQuery: string;
	headers: Header[];
	body: Uint8Array;
}

export interface Response {
	status: number;
	headers: Header[];
	body: Uint8Array;
}

const codec = codecsOf('{"nested":{"mullion":{"nested":{"http":{"nested":{"Header":{"fields":{"name":{"type":"string","id":1},"value":{"type":"bytes","id":2}}},"Request":{"fields":{"method":{"type":"string","id":1},"scheme":{"type":"string","id":2},"authority":{"type":"string","id":3},"pathWithQuery":{"type":"string","id":4,"protoName":"path_with_query"},"headers":{"rule":"repeated","type":"Header","id":5},"body":{"type":"bytes","id":6}}},"Response":{"fields":{"status":{"type":"uint32","id":1},"headers":{"rule":"repeated","type":"Header","id":2},"body":{"type":"bytes","id":3}}}}}}}}}');

export const Header: Codec<Header> = codec('mullion.http.Header');
export const Request: Codec<Request> = codec('mullion.http.Request');
export const Response: Codec<Response> = codec('mullion.http.Response');
