"""The simulated org over HTTP: server, application, routes, and one module for each family of resources."""
