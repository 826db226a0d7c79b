"""What the product does: one function per use case, and who may do it. Here "resolvers" are use cases, not GraphQL."""
