output "planned" {
  description = "What is planned, for tests to look at."
  value = {
    endpoints = aws_vpc_endpoint.this
  }
}
