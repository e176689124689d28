// Whether the server is away; what is asked of it meanwhile is lost.
function isAway() {
  return document.querySelector('[data-testid=stApp]').dataset.testConnectionState !== 'CONNECTED';
}
