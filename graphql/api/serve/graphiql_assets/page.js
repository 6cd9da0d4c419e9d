/* Our page around GraphiQL: a place for the credential, and the shipped operations as tabs.
   The credential lives in this tab's session storage alone, and goes only to this origin. Queries and variables are kept
   nowhere: variables may hold what is personal. */
'use strict';
(function () {
  const KEY = 'gatehouse.credential';
  const input = document.getElementById('credential');
  const state = document.getElementById('credential-state');
  const container = ReactDOM.createRoot(document.getElementById('graphiql'));
  const read = () => sessionStorage.getItem(KEY) || '';
  const NOTHING_KEPT = { length: 0, getItem: () => null, setItem() {}, removeItem() {}, clear() {} };
  const socketUrl = location.origin.replace(/^http/, 'ws') + '/graphql';

  function render() {
    const credential = read();
    const authorization = credential ? { authorization: 'Bearer ' + credential } : {};
    state.value = credential ? 'in use in this tab' : 'none: only introspection works';
    const fetcher = GraphiQL.createFetcher({
      url: '/graphql',
      headers: authorization,
      subscriptionUrl: socketUrl,
      wsConnectionParams: authorization,
    });
    container.render(
      React.createElement(GraphiQL, {
        fetcher,
        storage: NOTHING_KEPT,
        defaultTabs: window.GATEHOUSE_OPERATIONS,
        defaultEditorToolsVisibility: 'variables',
        shouldPersistHeaders: false,
      }),
    );
  }

  document.getElementById('credential-bar').addEventListener('submit', (event) => {
    event.preventDefault();
    sessionStorage.setItem(KEY, input.value.trim());
    input.value = '';
    render();
  });
  render();
})();
