import type { Dispatcher } from 'undici';

/**
 * Tells when a connection is there and the request begins to be written to it. Before that the provider knows nothing of
 * it: undici calls `onRequestStart` right before the first byte.
 */
export const tellOfSending =
  (onSending: () => void): Dispatcher.DispatcherComposeInterceptor =>
  (dispatch) =>
  (options, handler) => {
    const begin = handler.onRequestStart?.bind(handler);
    // The handler is of this one request.
    handler.onRequestStart = (controller, context) => {
      begin?.(controller, context);
      // What was ended while it waited for a connection ends here.
      if (!controller.aborted) onSending();
    };
    return dispatch(options, handler);
  };
