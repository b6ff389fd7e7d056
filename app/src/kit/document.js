((application, memory, parts, ofPage) => {
  // The menu of a phone folds up when a link of it is followed within the document.
  addEventListener('click', ({ target }) => target.closest?.('.site-menu + nav a') && document.querySelector('.site-menu').removeAttribute('open'));
  const begin = () => {
    // All files load at the same time: the application imports the parts, runs on the memory, and draws with those of the page.
    const bytes = fetch(memory);
    const ahead = (about) => document.getElementById('styles').after(Object.assign(document.createElement('link'), about));
    ahead({ rel: 'modulepreload', href: parts });
    for (const href of ofPage) ahead({ rel: 'preload', as: 'fetch', type: 'application/wasm', crossOrigin: '', href });
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
