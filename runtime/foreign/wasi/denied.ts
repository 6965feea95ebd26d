/**
 * The parts of WASI that no guest is given: files, sockets, names of hosts, requests to servers.
 *
 * They can be linked, as programs import them whether they use them or not. Asking for any gives the
 * answer that WASI has for it, and is told.
 */
import type { HostInterfaces } from '../glue-script.ts';
import type { Outside } from './outside.ts';

class Descriptor {}
class DirectoryEntryStream {}
class Network {}
class ResolveAddressStream {}
class TcpSocket {}
class UdpSocket {}
class IncomingDatagramStream {}
class OutgoingDatagramStream {}

export function denied({ denied: tell }: Outside): HostInterfaces {
	const refuse = (what: string, how: unknown) => () => {
		tell(what);
		throw how;
	};
	const none = (): undefined => undefined;
	return {
		'wasi:filesystem/preopens': {
			getDirectories: () => {
				// Every program looks, also one that wants no file.
				tell('wasi:filesystem/preopens', 'debug');
				return [];
			},
		},
		'wasi:filesystem/types': { Descriptor, DirectoryEntryStream, filesystemErrorCode: none },
		'wasi:sockets/network': { Network, networkErrorCode: none },
		// Without an error to answer with: having it allows nothing.
		'wasi:sockets/instance-network': { instanceNetwork: () => new Network() },
		'wasi:sockets/ip-name-lookup': {
			ResolveAddressStream,
			resolveAddresses: refuse('wasi:sockets/ip-name-lookup', 'access-denied'),
		},
		'wasi:sockets/tcp': { TcpSocket },
		'wasi:sockets/tcp-create-socket': {
			createTcpSocket: refuse('wasi:sockets/tcp-create-socket', 'access-denied'),
		},
		'wasi:sockets/udp': { UdpSocket, IncomingDatagramStream, OutgoingDatagramStream },
		'wasi:sockets/udp-create-socket': {
			createUdpSocket: refuse('wasi:sockets/udp-create-socket', 'access-denied'),
		},
		'wasi:http/outgoing-handler': {
			handle: refuse('wasi:http/outgoing-handler', { tag: 'HTTP-request-denied' }),
		},
	};
}
