// The tests that need root, namespaces and other people's programs; `npm test` leaves them out.
export default {
	files: ['**/system/**/*.test.ts'],
	extensions: ['ts'],
	serial: true,
	concurrency: 1,
	timeout: '5m',
	workerThreads: false,
};
