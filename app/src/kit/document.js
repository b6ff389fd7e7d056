((application, memory, parts) => {
  const begin = () => {
    // All three files load at the same time: the application imports the parts, and runs on the memory.
    const link = document.createElement('link');
    [link.rel, link.href] = ['modulepreload', parts];
    document.getElementById('styles').after(link);
    const bytes = fetch(memory);
    import(application).then((app) =>
      app.default({ module_or_path: bytes }).then(() => {
        // Hydration is a task of its own, so a click or key press in between waits for one of the two steps only.
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => app.hydrate();
        port2.postMessage(null);
      }),
    );
  };
  // A hidden page is never painted, so it begins at once.
  if (document.visibilityState !== 'visible' || !window.PerformanceObserver?.supportedEntryTypes?.includes('paint')) begin();
  else
    new PerformanceObserver((_, observer) => {
      observer.disconnect();
      begin();
    }).observe({ type: 'paint', buffered: true });
})
