// The toasts, for the screens.
export { say, sayError, toasts, UNDO, type Toast } from "$shared/toasts.svelte";
