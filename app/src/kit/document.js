((application, memory, parts) => {
  const begin = () => {
    // All three at once: the first imports the last, and works on the second.
    const link = document.createElement('link');
    [link.rel, link.href] = ['modulepreload', parts];
    document.getElementById('styles').after(link);
    const bytes = fetch(memory);
    import(application).then((app) =>
      app.default({ module_or_path: bytes }).then(() => {
        // As a task of its own: what somebody does meanwhile is not kept waiting by both.
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => app.hydrate();
        port2.postMessage(null);
      }),
    );
  };
  // A page that nobody looks at is not painted.
  if (document.visibilityState !== 'visible' || !window.PerformanceObserver?.supportedEntryTypes?.includes('paint')) begin();
  else
    new PerformanceObserver((_, observer) => {
      observer.disconnect();
      begin();
    }).observe({ type: 'paint', buffered: true });
})
