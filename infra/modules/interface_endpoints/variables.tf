variable "name" {
  description = "Prefix of every name."
  type        = string
}

variable "vpc_id" {
  description = "The network."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets, one a zone."
  type        = list(string)
}

variable "security_group_id" {
  description = "Security group of the endpoints."
  type        = string
}

variable "services" {
  description = "Services by their short names, such as sqs, logs, ecr.api."
  type        = set(string)
}
