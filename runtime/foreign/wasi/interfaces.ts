/** The interfaces of WASI 0.2, for one instance of a guest. */
import type { HostInterfaces } from '../glue-script.ts';
import { cli } from './cli.ts';
import { clocks } from './clocks.ts';
import { denied } from './denied.ts';
import { httpTypes } from './http-types.ts';
import type { Outside } from './outside.ts';
import { Pollable, poll } from './poll.ts';
import { random } from './random.ts';
import { InputStream, IoError, OutputStream } from './streams.ts';

export function wasiInterfaces(outside: Outside): HostInterfaces {
	return {
		...cli(outside),
		...clocks(outside),
		...random(outside),
		...denied(outside),
		// For requests that it would send; what is in their bodies goes nowhere.
		...httpTypes({ write: () => undefined }).interfaces,
		'wasi:io/error': { Error: IoError },
		'wasi:io/poll': { Pollable, poll },
		'wasi:io/streams': { InputStream, OutputStream },
	};
}
