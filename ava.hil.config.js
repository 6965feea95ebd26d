// All tests of images on boards, those that take too long for every change included.
export default {
	files: ['tools/hil/image/{system,long}/**/*.test.ts'],
	extensions: ['ts'],
	serial: true,
	concurrency: 1,
	timeout: '10m',
	workerThreads: false,
};
