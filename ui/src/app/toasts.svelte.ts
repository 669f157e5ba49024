// The toasts, for the screens.
export { say, sayError, toasts, type Toast } from "$shared/toasts.svelte";
