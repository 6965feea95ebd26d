/** Codes of other parts of the house that have a number of their own in the standard. */
import type { UspFaultName } from './error.ts';

/**
 * TR-181 DUStateChange! Fault.FaultCode knows few reasons; the code itself stands at the start of the
 * fault's text, so nothing is lost. What is not here is a `command-failure`.
 */
export const faultOfCode: Readonly<Record<string, UspFaultName>> = {
	'too-many-traces': 'resources-exceeded',

	// The operator's repository, as the box reaches it.
	unreachable: 'server-unreachable',
	'repository-unreachable': 'server-unreachable',
	'metadata-missing': 'server-unreachable',
	'target-missing': 'server-unreachable',
	'unknown-target': 'server-unreachable',
	'not-found': 'server-unreachable',
	insecure: 'server-insecure',

	// What came is not signed by whom the box trusts, or not any more.
	'metadata-signature': 'bad-signature',
	'metadata-expired': 'bad-signature',
	'metadata-rollback': 'bad-signature',
	'metadata-mismatch': 'bad-signature',
	unsigned: 'bad-signature',
	untrusted: 'bad-signature',

	// What came is not what was promised, or no module.
	corrupt: 'corrupt-module',
	'metadata-malformed': 'corrupt-module',
	'malformed-answer': 'corrupt-module',
	'malformed-message': 'corrupt-module',
	'target-length': 'corrupt-module',
	'target-digest': 'corrupt-module',
	'digest-mismatch': 'corrupt-module',
	'store-corrupt': 'corrupt-module',
	'store-newer': 'corrupt-module',
	'not-a-component': 'corrupt-module',
	'bad-manifest': 'corrupt-module',
	'name-mismatch': 'corrupt-module',
	'device-mismatch': 'corrupt-module',

	// It is a module, but not for this box.
	'world-unknown': 'environment-mismatch',
	'import-unknown': 'environment-mismatch',
	'encoding-unsupported': 'environment-mismatch',
	'memory-unbounded': 'environment-mismatch',
	'instruction-unknown': 'environment-mismatch',
	'export-reserved': 'environment-mismatch',
	'capability-unknown': 'environment-mismatch',
	'glue-failed': 'environment-mismatch',
	'name-unfit': 'environment-mismatch',
	'foreign-not-durable': 'environment-mismatch',
	'foreign-not-realtime': 'environment-mismatch',
	'version-mismatch': 'invalid-arguments',
	'bad-start-config': 'invalid-arguments',

	// It may not have what it asks for.
	denied: 'request-denied',
	'not-certified': 'request-denied',
	'read-refused': 'request-denied',
	'import-not-granted': 'request-denied',
	'topic-reserved': 'request-denied',
	'topic-type-conflict': 'request-denied',
	'container-unfit': 'request-denied',

	// It is firmware, but not for this box, or not now.
	'wrong-board': 'environment-mismatch',
	'downgrade-refused': 'request-denied',
	'bad-update': 'corrupt-module',
	'slot-in-use': 'invalid-module-state',
	'update-under-way': 'invalid-module-state',
	'not-confirmed': 'invalid-module-state',
	'nothing-installed': 'invalid-module-state',
	'activation-failed': 'command-failure',
	'nothing-newer': 'invalid-module-state',
	'length-mismatch': 'corrupt-module',
	'delta-malformed': 'corrupt-module',
	'delta-other-image': 'corrupt-module',
	'delta-base-mismatch': 'corrupt-module',
	'delta-damaged': 'corrupt-module',
	'image-too-large': 'module-resources-exceeded',
	'write-failed': 'internal-error',
	'read-back-failed': 'internal-error',
	'boot-state-lost': 'internal-error',
	'boot-state-not-written': 'internal-error',
	'bad-boot-state': 'internal-error',
	'no-device': 'internal-error',
	'out-of-range': 'internal-error',
	'device-failed': 'internal-error',

	// There is no room for it.
	'disk-full': 'module-resources-exceeded',
	'memory-short': 'module-resources-exceeded',
	'over-quota': 'module-resources-exceeded',
	'component-too-large': 'module-resources-exceeded',
	'tables-too-large': 'module-resources-exceeded',
	'module-too-complex': 'module-resources-exceeded',
	'target-too-large': 'module-resources-exceeded',
	'metadata-too-large': 'module-resources-exceeded',
	'queue-full': 'resources-exceeded',
	'too-many-recordings': 'resources-exceeded',
	'inbox-full': 'resources-exceeded',

	// What is to be changed is not there, or not in the state for it.
	'unknown-unit': 'object-does-not-exist',
	'unknown-module': 'object-does-not-exist',
	'unknown-recording': 'object-does-not-exist',
	'unknown-session': 'object-does-not-exist',
	'not-stored': 'object-does-not-exist',
	'in-use': 'invalid-module-state',
	'bad-unit': 'invalid-module-state',
	'not-movable': 'invalid-module-state',
	'vm-gone': 'invalid-module-state',
	'unit-idle': 'invalid-environment-state',

	// It was right in every way that can be seen from outside, and did not start.
	'start-failed': 'command-failure',

	cancelled: 'command-canceled',
	io: 'internal-error',
	'bad-name': 'internal-error',
	internal: 'internal-error',
};
