"""Movies and ratings in the JSON API: routers that `moviesite.api` puts together."""
