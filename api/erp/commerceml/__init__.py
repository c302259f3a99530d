"""CommerceML 2: 1C comes to us by its «Обмен с сайтом». docs/connect-commerceml.md tells how it is set up."""
